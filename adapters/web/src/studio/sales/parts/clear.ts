/**
 * Takes a value away. The API's JSON says null for that, its OpenAPI document only that the field may be missing;
 * hence the type, which fits every field.
 */
export const CLEAR = null as never;
