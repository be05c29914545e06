import type { Place } from './scenes.js';

export interface SubjectEntry {
  /** The setting where the prompt names none. */
  readonly home: Place;
  /** What it is called; every word is drawn as it is meant. */
  readonly words: string;
  /** Words of which it shows the kind only, so that the picture is captioned as well. */
  readonly near?: string;
}

/** Every subject, in the order in which the description of the model names them. */
export const subjects = {
  fox: { home: 'forest', words: 'fox vixen 🦊', near: 'wolf coyote jackal' },
  cat: { home: 'meadow', words: 'cat kitten kitty feline tomcat 🐈 🐱', near: 'lynx' },
  dog: { home: 'meadow', words: 'dog puppy pup hound doggy 🐕 🐶', near: 'labrador poodle dachshund husky' },
  rabbit: { home: 'meadow', words: 'rabbit bunny hare 🐇 🐰' },
  bear: { home: 'forest', words: 'bear grizzly bear-cub 🐻' },
  panda: { home: 'forest', words: 'panda 🐼' },
  lion: { home: 'desert', words: 'lion 🦁', near: 'lioness' },
  tiger: { home: 'forest', words: 'tiger 🐯 🐅', near: 'leopard' },
  mouse: { home: 'meadow', words: 'mouse 🐭 🐁', near: 'rat hamster' },
  frog: { home: 'lake', words: 'frog toad 🐸' },
  owl: { home: 'forest', words: 'owl owlet 🦉' },
  bird: {
    home: 'meadow',
    words: 'bird songbird robin-bird sparrow finch',
    near: 'parrot kingfisher hummingbird',
  },
  birds: { home: 'sea', words: 'birds flock seagull gull crow raven swallow goose geese 🐦', near: 'eagle' },
  duck: { home: 'lake', words: 'duck duckling mallard swan 🦆 🦢' },
  penguin: { home: 'sea', words: 'penguin 🐧' },
  horse: { home: 'meadow', words: 'horse pony mare stallion foal 🐎 🐴', near: 'unicorn donkey zebra' },
  deer: { home: 'forest', words: 'deer stag doe fawn reindeer elk moose 🦌' },
  elephant: { home: 'desert', words: 'elephant 🐘', near: 'mammoth' },
  sheep: { home: 'meadow', words: 'sheep lamb 🐑' },
  fish: { home: 'underwater', words: 'fish goldfish clownfish 🐟 🐠', near: 'shark salmon' },
  whale: { home: 'sea', words: 'whale humpback orca 🐋 🐳', near: 'dolphin' },
  octopus: { home: 'underwater', words: 'octopus squid 🐙' },
  turtle: { home: 'underwater', words: 'turtle tortoise sea-turtle 🐢' },
  butterfly: { home: 'meadow', words: 'butterfly moth 🦋' },
  person: {
    home: 'meadow',
    words: 'person people man woman girl boy figure child kid lady gentleman 🧍',
    near: 'king queen samurai knight monk dancer soldier teacher doctor farmer friend family wizard baby',
  },
  fisherman: { home: 'lake', words: 'fisherman fisher angler 🎣' },
  astronaut: { home: 'space', words: 'astronaut cosmonaut spaceman' },
  traveller: { home: 'mountains', words: 'traveller traveler wanderer hiker pilgrim' },
  snowman: { home: 'meadow', words: 'snowman ⛄' },
  robot: { home: 'city', words: 'robot android droid 🤖', near: 'cyborg' },
  ramen: { home: 'table', words: 'ramen noodle noodles ramen-bowl udon 🍜', near: 'soup pho' },
  coffee: { home: 'table', words: 'coffee tea cappuccino espresso latte coffee-cup teacup cup mug cocoa ☕' },
  cake: { home: 'table', words: 'cake birthday-cake 🎂 🍰', near: 'pie cupcake' },
  fruit: { home: 'table', words: 'fruit fruit-bowl', near: 'grapes banana pear' },
  apple: { home: 'table', words: 'apple 🍎 🍏', near: 'peach tomato' },
  lemon: { home: 'table', words: 'orange lemon tangerine 🍊 🍋' },
  burger: { home: 'table', words: 'burger hamburger cheeseburger 🍔', near: 'sandwich' },
  pizza: { home: 'table', words: 'pizza 🍕' },
  'ice cream': { home: 'table', words: 'ice-cream gelato icecream 🍦' },
  book: { home: 'table', words: 'book novel 📖 📕', near: 'library' },
  lantern: { home: 'table', words: 'lantern candle candlelight 🕯 🏮' },
  vase: { home: 'table', words: 'vase bouquet 💐' },
  chess: { home: 'meadow', words: 'chess chessboard chess-board ♟' },
  umbrella: { home: 'city', words: 'umbrella parasol ☂ 🌂' },
  guitar: { home: 'table', words: 'guitar 🎸', near: 'violin ukulele cello' },
  heart: { home: 'meadow', words: 'heart ❤ 💙 💚' },
  mushroom: { home: 'forest', words: 'mushroom toadstool 🍄' },
  car: { home: 'meadow', words: 'car automobile sedan convertible 🚗 🚙', near: 'taxi truck van' },
  bus: { home: 'city', words: 'bus 🚌', near: 'minibus' },
  train: { home: 'meadow', words: 'train locomotive steam-train 🚂 🚆', near: 'tram' },
  bicycle: { home: 'meadow', words: 'bicycle bike 🚲', near: 'motorcycle' },
  airplane: { home: 'meadow', words: 'airplane aeroplane plane aircraft jet ✈' },
  rocket: { home: 'space', words: 'rocket spaceship spacecraft shuttle 🚀' },
  balloon: { home: 'meadow', words: 'balloon hot-air-balloon 🎈' },
  boat: { home: 'sea', words: 'boat ship sailboat sail sailing yacht vessel ⛵', near: 'ferry canoe' },
  lighthouse: { home: 'sea', words: 'lighthouse beacon' },
  castle: { home: 'mountains', words: 'castle fortress palace citadel 🏰', near: 'kingdom tower temple' },
  house: {
    home: 'meadow',
    words: 'house cottage cabin home hut farmhouse chalet 🏠 🏡',
    near: 'church barn village',
  },
  pyramid: { home: 'desert', words: 'pyramid' },
  windmill: { home: 'meadow', words: 'windmill mill' },
  tent: { home: 'mountains', words: 'tent camp camping campsite ⛺ 🏕' },
  bridge: { home: 'river', words: 'bridge viaduct 🌉' },
  tree: { home: 'meadow', words: 'tree oak oak-tree maple birch willow blossom sakura cherry-blossom 🌳' },
  pine: { home: 'mountains', words: 'pine fir spruce conifer pine-tree fir-tree christmas-tree 🌲 🎄' },
  palm: { home: 'island', words: 'palm palm-tree 🌴' },
  cactus: { home: 'desert', words: 'cactus cacti saguaro 🌵' },
  flowers: {
    home: 'meadow',
    words: 'flower floral blooming bloom wildflower poppy daisy tulip rose sunflower 🌸 🌷 🌺 🌻',
    near: 'orchid lotus lily',
  },
  moon: { home: 'mountains', words: 'moon crescent 🌙 🌕' },
  sun: { home: 'meadow', words: 'sun ☀' },
  stars: { home: 'mountains', words: 'star starlight starry constellation milky-way ⭐ ✨' },
  planet: { home: 'space', words: 'planet saturn jupiter ringed 🪐', near: 'mars earth' },
  aurora: { home: 'mountains', words: 'aurora northern-lights borealis' },
  rainbow: { home: 'meadow', words: 'rainbow 🌈' },
  comet: { home: 'mountains', words: 'comet meteor shooting-star ☄ 🌠' },
} as const satisfies Record<string, SubjectEntry>;

export type Thing = keyof typeof subjects;

export const thingNames = Object.keys(subjects) as Thing[];

/** The setting of a subject where the prompt names none. */
export const homeOf = (thing: Thing): Place => subjects[thing].home;
