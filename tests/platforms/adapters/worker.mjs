// A Worker that runs the tests.
export default {
  async fetch(request) {
    return new Response(await runTests(await request.json()));
  },
};
