export const shared = {
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'The browser did not let us copy. Select the text and copy it by hand.',
  save: 'Save',
  saved: 'Saved',
  saving: 'Saving …',
  create: 'Create',
  edit: 'Edit',
  delete: 'Delete',
  add: 'Add',
  more: 'Show more',
  back: 'Back',
  done: 'Done',
  download: 'Download',
  never: 'Never',
  optional: 'Optional',
  changedElsewhere:
    'This was changed in another window in the meantime. What you typed is still here; look at it, then save again.',
  notLoaded: 'This could not be loaded.',
};

export type SharedTexts = typeof shared;
