/** One whole decision, with its evidence. Everything is drawn by the report page. */
import { startReport } from './usage/page.ts';

startReport();
