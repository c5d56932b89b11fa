/** Loads a module's default once it is asked for; a load that failed is tried again the next time. */
export function lazily<T>(load: () => Promise<{ default: T }>): () => Promise<T> {
  let loading: Promise<T> | null = null;
  return () => {
    loading ??= load().then(
      (module) => module.default,
      (error: unknown) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  };
}
