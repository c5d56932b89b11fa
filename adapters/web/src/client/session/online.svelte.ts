class Connection {
  online = $state(navigator.onLine);
}

/** What the browser knows about the network; it may be wrong about the server. */
export const connection = new Connection();

window.addEventListener('online', () => (connection.online = true));
window.addEventListener('offline', () => (connection.online = false));

/** Ends when the network is back, or after `most` milliseconds, for browsers that do not notice. */
export function untilOnline(most: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      window.removeEventListener('online', end);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, most);
    window.addEventListener('online', end);
  });
}
