import { notices } from './sales/notices';
import { orders } from './sales/orders';
import { prices } from './sales/prices';
import { settings } from './sales/settings';
import { shares } from './sales/shares';
import { shared } from './sales/shared';

export const sales = { shared, shares, prices, orders, notices, settings };

export type SalesTexts = typeof sales;
