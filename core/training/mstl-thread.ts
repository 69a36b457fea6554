/** Runs in a worker thread, from a file of its own beside the bundle of a handler. */
import { forecastMstl } from './forecast-mstl.ts';
import { serveSeries } from './series-threads.ts';

serveSeries(forecastMstl);
