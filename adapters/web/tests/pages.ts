import { clientPages } from './pages/client';
import { studioPages } from './pages/studio';

export { show, type Showing } from './pages/show';
export { fill } from './pages/world';

/** Every page of both applications, and every state of one that looks different. */
export const pages = [...studioPages, ...clientPages];
