import { beforeEach, expect, test } from 'vitest';
import { Selection } from './selection.svelte';

const plain = { shift: false, toggle: false };
const shift = { shift: true, toggle: false };
const toggle = { shift: false, toggle: true };
let order: string[];
let selection: Selection;
const chosen = () => [...selection.ids].sort().join('');

beforeEach(() => {
  order = [...'abcdefg'];
  selection = new Selection(() => order);
});

test('a click takes one and leaves the others', () => {
  selection.click('b', plain);
  selection.click('d', plain);
  expect(chosen()).toBe('d');
});

test('shift takes the range from the last click, in both directions', () => {
  selection.click('c', plain);
  selection.click('e', shift);
  expect(chosen()).toBe('cde');
  selection.click('a', shift);
  expect(chosen()).toBe('abc');
});

test('ctrl adds and removes one', () => {
  selection.click('a', plain);
  selection.click('c', toggle);
  selection.click('a', toggle);
  expect(chosen()).toBe('c');
});

test('shift and ctrl add a range', () => {
  selection.click('a', plain);
  selection.click('d', toggle);
  selection.click('f', { shift: true, toggle: true });
  expect(chosen()).toBe('adef');
});

test('moving the cursor with shift selects what it passes', () => {
  selection.click('b', plain);
  selection.move('c', shift);
  selection.move('d', shift);
  expect(chosen()).toBe('bcd');
  selection.move('c', shift);
  expect(chosen()).toBe('bc');
});

test('what leaves the list leaves the selection', () => {
  selection.all();
  order = ['a', 'g'];
  selection.prune();
  expect(chosen()).toBe('ag');
});
