import { describe, expect, it, vi } from 'vitest';

vi.mock('../../../texts/locale', () => ({ locale: 'en', regional: 'en' }));
const { draftOf, parseMillimetres, ProductForm } = await import('./product-form.svelte');
const { goodPixels } = await import('./size');
const { template, templateNames } = await import('./templates');

describe('a product as typed', () => {
  it('becomes what the API takes', () => {
    const form = new ProductForm('EUR', null);
    form.name = ' 10 x 15 ';
    form.width = '101,6';
    form.height = '152.4';
    form.price = '2,50';
    expect(form.wrong()).toEqual([]);
    expect(form.draft()).toEqual({
      name: '10 x 15',
      kind: 'print',
      width_mm: 101.6,
      height_mm: 152.4,
      finish: '',
      price: { amount: 250, currency: 'EUR' },
      min_dpi: 150,
      below_min_dpi: 'warn',
      print_dpi: 300,
    });
  });

  it('asks a file for a name and a price only', () => {
    const form = new ProductForm('JPY', null);
    form.kind = 'digital';
    expect(form.wrong()).toEqual(['name', 'price']);
    form.name = 'File';
    form.price = '1500';
    expect(form.draft()).toEqual({ name: 'File', kind: 'digital', price: { amount: 1500, currency: 'JPY' } });
  });

  it('says what is wrong with a print', () => {
    const form = new ProductForm('EUR', null);
    form.name = 'x'.repeat(201);
    form.width = '0.5';
    form.height = '5001';
    form.minDpi = '35';
    form.printDpi = '601';
    form.price = '-1';
    expect(form.wrong()).toEqual(['name', 'width_mm', 'height_mm', 'min_dpi', 'print_dpi', 'price']);
  });

  it('comes back unchanged', () => {
    const product = {
      id: 'p1',
      name: '20 x 30 cm',
      kind: 'print',
      width_mm: 200,
      height_mm: 300.5,
      finish: 'lustre',
      price: { amount: 1290, currency: 'EUR' },
      min_dpi: 100,
      below_min_dpi: 'refuse',
      print_dpi: 254,
    };
    expect(new ProductForm('EUR', product).draft()).toEqual(product);
    expect(draftOf(product)).toEqual(product);
  });
});

it('reads millimetres', () => {
  expect(parseMillimetres('297')).toBe(297);
  expect(parseMillimetres('203,24')).toBe(203.2);
  expect(parseMillimetres('20 cm')).toBeNull();
});

it('knows how many pixels a good print needs', () => {
  // 4 x 6 inches at 1.5 times 150 dpi.
  expect(goodPixels(101.6, 152.4, 150)).toEqual({ width: 900, height: 1350 });
});

it('has templates that the API takes', () => {
  for (const name of templateNames) {
    for (const currency of ['EUR', 'JPY', 'KWD']) {
      for (const draft of template(name, currency)) {
        expect(draft.price.currency).toBe(currency);
        expect(Number.isInteger(draft.price.amount)).toBe(true);
        expect(draft.price.amount).toBeGreaterThan(0);
        if (draft.kind === 'print') expect(parseMillimetres(String(draft.width_mm))).toBe(draft.width_mm);
      }
    }
  }
  expect(template('classic', 'JPY')[0]?.price.amount).toBe(250);
});
