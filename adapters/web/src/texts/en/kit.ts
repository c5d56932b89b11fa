/** Texts of the parts that every page is built of. */
export const kit = {
  close: 'Close',
  cancel: 'Cancel',
  retry: 'Try again',
  undo: 'Undo',
  loading: 'Loading …',
  offline: 'You are offline. What you see may be old; changes wait until the connection is back.',
  problem: {
    offline: 'The server cannot be reached. Check your connection and try again.',
    tooOften: 'Too many tries. Wait a moment and try again.',
    unexpected: 'Something went wrong on our side. Try again; if it stays, tell your photographer.',
  },
};

export type KitTexts = typeof kit;
