/** Contrast that text needs [WCAG 2.2, 1.4.3], with a little to spare for rounding. */
const READABLE = 4.6;

type Rgb = readonly [red: number, green: number, blue: number];

const WHITE: Rgb = [255, 255, 255];
/** The darkest surface a colour must be read on, and the lightest; see tokens.css. */
const LIGHT_GROUND: Rgb = [243, 242, 238];
const DARK_GROUND: Rgb = [34, 38, 44];
const DARK_INK: Rgb = [10, 18, 22];

/**
 * A connector's colour, made readable in both themes: as text and as the ground of text.
 * @param color `#rrggbb` or `#rgb`
 * @returns the custom properties of tokens.css; none where the text is no colour
 */
export function palette(color: string): Readonly<Record<string, string>> {
  const rgb = parse(color);
  if (rgb === null) return {};
  const light = readableOn(rgb, LIGHT_GROUND, [0, 0, 0]);
  const dark = readableOn(rgb, DARK_GROUND, WHITE);
  return {
    "--brand-light": print(light),
    "--on-brand-light": print(inkOn(light)),
    "--brand-dark": print(dark),
    "--on-brand-dark": print(inkOn(dark)),
  };
}

/** The colour itself, or as little as is needed on its way to black or white. */
function readableOn(color: Rgb, ground: Rgb, towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.02) {
    const mixed = mix(color, towards, share);
    if (contrast(mixed, ground) >= READABLE) return mixed;
  }
  return towards;
}

const inkOn = (ground: Rgb): Rgb => (contrast(WHITE, ground) >= READABLE ? WHITE : DARK_INK);

const mix = (from: Rgb, to: Rgb, share: number): Rgb => {
  const at = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share);
  return [at(0), at(1), at(2)];
};

/** From 1 to 21 [WCAG 2.2, contrast ratio]. */
export function contrast(a: Rgb, b: Rgb): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number) => {
    const share = value / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

export function parse(color: string): Rgb | null {
  const digits = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(color) ? color.slice(1) : null;
  if (digits === null) return null;
  const full = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  const value = Number.parseInt(full, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

const print = (rgb: Rgb): string => `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
