export const shared = {
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'The browser did not let us copy. Select the text and copy it by hand.',
  save: 'Save',
  saved: 'Saved',
  create: 'Create',
  edit: 'Edit',
  delete: 'Delete',
  add: 'Add',
  more: 'Show more',
  back: 'Back',
  done: 'Done',
  download: 'Download',
  never: 'Never',
};

export type SharedTexts = typeof shared;
