import type { SavedTask } from './task.svelte';

/** Unfinished uploads, kept by the browser over a reload. Handles of files go into IndexedDB and nowhere else. */
const DATABASE = 'halftone-uploads';
const STORE = 'tasks';

let opened: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function change(work: (store: IDBObjectStore) => void): Promise<void> {
  const transaction = (await database()).transaction(STORE, 'readwrite');
  work(transaction.objectStore(STORE));
}

/** Nothing waits for these two: without them an upload works, and only a reload asks for all files again. */
export function keep(tasks: SavedTask[]): void {
  change((store) => tasks.forEach((task) => store.put(task))).catch(() => undefined);
}

export function forget(ids: string[]): void {
  change((store) => ids.forEach((id) => store.delete(id))).catch(() => undefined);
}

export async function readAll(): Promise<SavedTask[]> {
  const store = (await database()).transaction(STORE, 'readonly').objectStore(STORE);
  const request: IDBRequest<SavedTask[]> = store.getAll();
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
