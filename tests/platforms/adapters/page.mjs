// A module for a page in Chromium.
export default runTests;
