import { auth } from './studio-auth';
import { faults, refusals } from './studio-faults';
import { collection, firstSteps, gallery } from './studio-galleries';
import { photos, sections } from './studio-photos';
import { replace } from './studio-replace';
import { settings } from './studio-settings';
import { upload } from './studio-upload';

export const studio = {
  product: 'Halftone',
  save: 'Save',
  saved: 'Saved.',
  more: 'Show more',
  typeToConfirm: 'Type "#" to confirm',
  tags: { label: 'Tags', hint: 'Enter or a comma ends a tag.', remove: 'Remove the tag #' },
  nav: {
    label: 'Studio',
    skip: 'Skip to the page',
    galleries: 'Galleries',
    orders: 'Orders',
    priceLists: 'Price lists',
    settings: 'Settings',
    logOut: 'Log out',
  },
  auth,
  collection,
  faults,
  firstSteps,
  gallery,
  photos,
  refusals,
  replace,
  sections,
  settings,
  upload,
  broken: {
    title: 'This page broke',
    text: 'Something in the page failed. Your galleries and photos are safe on the server. Reload the page; an upload that was under way continues from where it was.',
    reload: 'Reload the page',
    stay: 'Try to go on',
  },
  notFound: {
    title: 'Nothing here',
    lead: 'There is no page at this address',
    text: 'It may have been deleted, or the address has a typing error.',
    back: 'Go to your galleries',
  },
};

export type StudioTexts = typeof studio;
