/** One decision with its evidence; the report page draws everything. */
import { startReport } from './usage/page.ts';

startReport();
