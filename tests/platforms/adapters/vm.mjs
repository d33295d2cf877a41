// A script for the edge VM. Values pass its border as JSON.
globalThis.runTests = (place) => runTests(JSON.parse(place));
