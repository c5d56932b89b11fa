import Images from '@lucide/svelte/icons/images';
import Settings from '@lucide/svelte/icons/settings';
import ShoppingBag from '@lucide/svelte/icons/shopping-bag';
import Tag from '@lucide/svelte/icons/tag';
import { t } from '../../texts/studio';

/** The places of the studio, in the order in which they are needed. `under` are the paths that belong to an entry. */
export const entries = [
  { href: '/', label: t.nav.galleries, icon: Images, under: /^\/($|galleries|collections)/ },
  { href: '/orders', label: t.nav.orders, icon: ShoppingBag, under: /^\/orders/ },
  { href: '/price-lists', label: t.nav.priceLists, icon: Tag, under: /^\/price-lists/ },
  { href: '/settings', label: t.nav.settings, icon: Settings, under: /^\/settings/ },
];
