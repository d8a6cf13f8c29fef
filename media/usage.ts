/** The usage view: spending, quality and savings; the report page draws everything. */
import { startReport } from './usage/page.ts';

startReport();
