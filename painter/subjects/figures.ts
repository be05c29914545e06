import type { Thing } from '../vocabulary/subjects.js';
import { bird, duck, penguin } from './animals/birds.js';
import { bear, deer, fox, mushroom, owl } from './animals/forest.js';
import { elephant, horse, sheep } from './animals/grazing.js';
import { fish, octopus, turtle, whale } from './animals/marine.js';
import { butterfly, cat, dog, rabbit } from './animals/pets.js';
import { frog, lion, mouse, panda, tiger } from './animals/wild.js';
import type { Figure } from './figure.js';
import { apple, coffee, fruit, lemon } from './food/cups-and-fruit.js';
import { burger, cake, iceCream, pizza, ramen } from './food/meals.js';
import { book, chess, guitar, lantern, vase } from './objects/indoors.js';
import { heart, pyramid, umbrella } from './objects/outdoors.js';
import { astronaut, fisherman, person, robot, snowman } from './people/people.js';
import { bicycle, bus, car } from './vehicles/road.js';
import { airplane, train } from './vehicles/travel.js';

/** The subjects that are drawn from outlines; the others are drawn by functions of the landscape. */
export const figures: Partial<Record<Thing, Figure>> = {
  lion, tiger, panda, frog, mouse, pyramid,
  fox, cat, dog, rabbit, bear, owl, bird, duck, penguin, horse, deer, elephant, sheep, fish, whale, octopus, turtle, butterfly,
  person, fisherman, astronaut, snowman, robot, ramen, coffee, cake, fruit, apple, lemon, burger, pizza, 'ice cream': iceCream,
  book, lantern, vase, chess, umbrella, guitar, heart, mushroom, car, bus, train, bicycle, airplane,
}; // prettier-ignore
