import { runTour } from './tour/tour.js';

await runTour(process.argv);
