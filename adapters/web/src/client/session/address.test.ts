import { describe, expect, it } from 'vitest';
import { fragmentOf, keyOf, placeOf, tokenOf } from './address';

describe('address', () => {
  it('finds the token in the path', () => {
    expect(tokenOf('/s/c_02g5-x')).toBe('c_02g5-x');
    expect(tokenOf('/s/')).toBe('');
    expect(tokenOf('/s/%E0%A4%A')).toBe('%E0%A4%A');
  });

  it.each(['', '#picks', '#basket', '#orders', '#order=01a1', '#photo=7', '#picks&photo=7'])(
    'reads back the fragment "%s" that it writes',
    (fragment) => expect(fragmentOf(placeOf(fragment))).toBe(fragment),
  );

  it('takes the key out of the fragment and leaves the rest', () => {
    expect(keyOf('#order=5&key=ck_1')).toEqual({ key: 'ck_1', rest: '#order=5' });
    expect(keyOf('#key=ck_1')).toEqual({ key: 'ck_1', rest: '' });
    expect(keyOf('#picks')).toEqual({ key: null, rest: '#picks' });
  });
});
