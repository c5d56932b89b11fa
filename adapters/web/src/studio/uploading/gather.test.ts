import { expect, test } from 'vitest';
import { droppedFiles } from './gather';

const file = (name: string) => ({
  name,
  isFile: true,
  file: (give: (file: File) => void) => give(new File(['x'], name)),
});

/** A folder whose reader gives its entries two at a time, as browsers give a hundred. */
function folder(name: string, children: { name: string }[]) {
  return {
    name,
    isFile: false,
    createReader: () => {
      const rest = [...children];
      return { readEntries: (give: (some: unknown[]) => void) => give(rest.splice(0, 2)) };
    },
  };
}

const drop = (...entries: unknown[]) =>
  ({
    items: entries.map((entry) => ({ kind: 'file', getAsFile: () => null, webkitGetAsEntry: () => entry })),
  }) as unknown as DataTransfer;

test('folders are walked to their ends, and litter stays behind', async () => {
  const card = folder('DCIM', [
    file('1.jpg'),
    file('2.jpg'),
    file('3.jpg'),
    file('.DS_Store'),
    folder('100', [file('4.jpg'), file('Thumbs.db')]),
  ]);
  const found = await droppedFiles(drop(card, file('5.jpg')));
  expect(found.map(({ file: { name } }) => name)).toEqual(['1.jpg', '2.jpg', '3.jpg', '4.jpg', '5.jpg']);
});
