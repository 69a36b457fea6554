/** A thread that takes a series and dies of it. */
import { serveSeries } from '../../../core/training/series-threads.ts';

serveSeries(() => process.exit());
