/** The usage view: spend, quality and savings. Everything is drawn by the report page. */
import { startReport } from './usage/page.ts';

startReport();
