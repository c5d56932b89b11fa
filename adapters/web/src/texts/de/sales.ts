import type { SalesTexts } from '../en/sales';
import { notices } from './sales/notices';
import { orders } from './sales/orders';
import { prices } from './sales/prices';
import { settings } from './sales/settings';
import { shares } from './sales/shares';
import { shared } from './sales/shared';

export const sales: SalesTexts = { shared, shares, prices, orders, notices, settings };
