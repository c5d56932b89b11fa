/** Asks before a page with unsaved input is closed. Call it while a component is set up. */
export function keepUnsaved(isDirty: () => boolean): void {
  $effect(() => {
    if (!isDirty()) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  });
}
