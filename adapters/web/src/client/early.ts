/**
 * A script inside the built page, beside the application: it is small and needs no other file, so that the
 * page's first request leaves while the application is still on its way. Without it, the application does the same.
 */
import { arrive } from './session/arrival';

arrive();
