/**
 * A value for a field of a `PATCH` that null clears. The API's document has no word for such a null (OpenAPI 3.0 as the
 * server generates it), so the generated types do not allow it.
 */
export function orNull<T>(value: T | null | undefined): T {
  return (value ?? null) as T;
}
