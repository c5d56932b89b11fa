import { createRouter } from 'sv-router';
import Shell from './shell/Shell.svelte';
import { requireLogin, requireNoLogin } from './shell/guard';
import { arrived } from './shell/focus';

/**
 * Every page of the studio. The group at `/` needs a login and has the frame around it; the others stand alone.
 * Pages are loaded when they are visited.
 */
export const { p, navigate, isActive, route } = createRouter({
  '/': {
    '/': () => import('./galleries/GalleriesPage.svelte'),
    '/collections': { '/:id': () => import('./galleries/CollectionPage.svelte') },
    '/galleries': { '/:id': () => import('./galleries/GalleryPage.svelte') },
    '/price-lists': {
      '/': () => import('./sales/PriceListsPage.svelte'),
      '/:id': () => import('./sales/PriceListPage.svelte'),
    },
    '/orders': {
      '/': () => import('./sales/OrdersPage.svelte'),
      '/:id': () => import('./sales/OrderPage.svelte'),
    },
    '/search': () => import('./search/SearchPage.svelte'),
    '/settings': () => import('./sales/SettingsPage.svelte'),
    layout: Shell,
    hooks: { beforeLoad: requireLogin, afterLoad: arrived },
  },
  '/login': { '/': () => import('./auth/LogInPage.svelte'), hooks: { beforeLoad: requireNoLogin } },
  '/register': { '/': () => import('./auth/RegisterPage.svelte'), hooks: { beforeLoad: requireNoLogin } },
  '/confirm': () => import('./auth/ConfirmPage.svelte'),
  '/forgot-password': () => import('./auth/ForgotPasswordPage.svelte'),
  '/reset-password': () => import('./auth/ResetPasswordPage.svelte'),
  '*': () => import('./shell/NotFoundPage.svelte'),
});
