export type Place =
  | 'underwater'
  | 'city'
  | 'island'
  | 'lake'
  | 'sea'
  | 'desert'
  | 'forest'
  | 'river'
  | 'mountains'
  | 'meadow'
  | 'table'
  | 'space';
export type Time = 'dawn' | 'noon' | 'sunset' | 'dusk' | 'night';
export type Weather = 'rain' | 'snow' | 'fog' | 'storm' | 'clouds' | 'clear';
export type Style = 'minimal' | 'watercolor' | 'geometric' | 'abstract';
export type Mood = 'dark' | 'bright' | 'pastel' | 'vivid' | 'neon' | 'retro' | 'muted' | 'autumn' | 'asleep';

/** The words of each setting. Where a prompt names several settings, the first of this order is the scene. */
export const places: Record<Place, string> = {
  underwater: 'underwater under-water reef coral-reef seabed seafloor aquarium undersea',
  city: 'city town downtown street streets urban metropolis skyscraper skyline buildings alley rooftop cityscape 🏙 🌆 🌃',
  island: 'island isle tropical tropic atoll lagoon paradise 🏝',
  lake: 'lake pond fjord reservoir loch',
  sea: 'sea ocean coast coastal shore beach wave harbor harbour port bay cliff seaside marine tide 🌊',
  desert: 'desert dune sahara sand canyon mesa oasis 🏜',
  forest: 'forest wood woods woodland jungle grove taiga rainforest',
  river: 'river stream creek brook canal valley',
  mountains: 'mountain mountains peak alps alpine himalaya summit ridge highland 🏔 ⛰ 🗻',
  meadow:
    'meadow field grassland hill prairie savanna savannah pasture garden farm countryside steppe village park orchard vineyard grass 🌾',
  table: 'table desk kitchen cafe café restaurant room indoors',
  space: 'space galaxy cosmos cosmic universe nebula orbit interstellar milky-way lunar moonscape 🌌',
};
export const times: Record<Time, string> = {
  dawn: 'dawn sunrise morning daybreak 🌅',
  noon: 'noon day daytime midday sunny afternoon summer daylight',
  sunset: 'sunset golden-hour evening sundown 🌇',
  dusk: 'dusk twilight gloaming blue-hour',
  night: 'night midnight nighttime nocturnal moonlit moonlight starry nocturne',
};
export const weathers: Record<Weather, string> = {
  rain: 'rain rainy raining drizzle wet downpour monsoon 🌧',
  snow: 'snow snowy snowing winter frost frosty frozen ice icy blizzard arctic christmas ❄',
  fog: 'fog foggy mist misty haze hazy smoke',
  storm: 'storm stormy thunder thunderstorm lightning tempest hurricane ⛈ ⚡',
  clouds: 'clouds cloud cloudy overcast ☁',
  clear: 'clear cloudless',
};
export const styles: Record<Style, string> = {
  minimal: 'minimal minimalist minimalism simple zen empty clean',
  watercolor: 'watercolor watercolour aquarelle painting painted painterly gouache ink',
  geometric: 'geometric geometry lowpoly low-poly polygon angular cubist cubism bauhaus triangle',
  abstract: 'abstract abstraction pattern texture generative fractal particle wallpaper',
};
export const moods: Record<Mood, string> = {
  dark: 'dark moody gloomy ominous somber sombre gothic noir melancholy mysterious haunted',
  bright: 'bright cheerful happy joyful light airy fresh radiant',
  pastel: 'pastel soft dreamy gentle delicate calm serene peaceful tranquil spring cozy cosy',
  vivid: 'vivid vibrant saturated colorful colourful bold electric psychedelic',
  neon: 'neon cyberpunk synthwave neon-sign',
  retro: 'retro vintage nostalgic poster seventies 1970s',
  muted: 'muted subdued faded desaturated dull',
  autumn: 'autumn autumnal october november 🍂 🍁',
  asleep: 'sleeping asleep sleepy sleep resting napping nap curled dozing lying',
};
