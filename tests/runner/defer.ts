/** Makes uvu wait for `exec`, instead of starting by a timer, perhaps before the last file is loaded. Imported before uvu. */
Object.assign(globalThis, { UVU_DEFER: 1, UVU_QUEUE: [[null]] });
