/**
 * Writes the types of the API from its document: `npm run schema`.
 *
 * The file is left alone if it is right already: cargo builds the UI anew when a source is newer than the last build.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';

const document = new URL('../../http/openapi.json', import.meta.url);
const types = new URL('../src/api/schema.d.ts', import.meta.url);

const generated = COMMENT_HEADER + astToString(await openapiTS(document, { silent: true }));
if (!existsSync(types) || readFileSync(types, 'utf8') !== generated) writeFileSync(types, generated);
