import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faults } from './de/studio-faults';

interface Document {
  components: { schemas: Record<string, { properties?: Record<string, { description?: string }> }> };
}

/** The kinds that the API's document names, which are words between backticks. */
function kinds(): Set<string> {
  const path = join(process.cwd(), '../http/openapi.json');
  const { components } = JSON.parse(readFileSync(path, 'utf8')) as Document;
  const fields = Object.values(components.schemas).flatMap(({ properties = {} }) => [
    properties.failure_kind,
    properties.error_kind,
  ]);
  const words = fields.flatMap((field) => field?.description?.match(/(?<=`)[a-z_]+(?=`)/g) ?? []);
  return new Set(words.filter((word) => word !== 'failure_kind'));
}

test('every kind of fault that the API knows has words in German', () => {
  const known = kinds();
  // What is of no known kind is told in the API's own words.
  known.delete('other');
  expect([...known].filter((kind) => faults[kind] === undefined)).toEqual([]);
  expect(Object.keys(faults).filter((kind) => !known.has(kind))).toEqual([]);
});
