export const exporting = {
  label: 'Export the list',
  lightroom: 'Copy for Lightroom',
  captureOne: 'Copy for Capture One',
  table: 'Table (CSV)',
  sidecars: 'Sidecars with five stars (XMP)',
  sidecarsWithComments: 'Sidecars with stars and comments (XMP)',
};

export type ExportTexts = typeof exporting;
