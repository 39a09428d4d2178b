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
  const light = readableOn(rgb, LIGHT_GROUND, -0.01);
  const dark = readableOn(rgb, DARK_GROUND, 0.01);
  return {
    "--brand-light": print(light),
    "--on-brand-light": print(inkOn(light)),
    "--brand-dark": print(dark),
    "--on-brand-dark": print(inkOn(dark)),
  };
}

/** The colour itself, or one of its hue that is only as much darker or lighter as it has to be. */
function readableOn(color: Rgb, ground: Rgb, step: number): Rgb {
  const [hue, saturation, lightness] = toHsl(color);
  for (let l = lightness; l >= 0 && l <= 1; l += step) {
    const candidate = l === lightness ? color : fromHsl(hue, saturation, l);
    if (contrast(candidate, ground) >= READABLE) return candidate;
  }
  return step < 0 ? [0, 0, 0] : WHITE;
}

const inkOn = (ground: Rgb): Rgb => (contrast(WHITE, ground) >= READABLE ? WHITE : DARK_INK);

/** Hue from 0 to below 6, saturation and lightness from 0 to 1. */
function toHsl(rgb: Rgb): Rgb {
  const [red, green, blue] = rgb.map((value) => value / 255) as [number, number, number];
  const high = Math.max(red, green, blue);
  const spread = high - Math.min(red, green, blue);
  const lightness = high - spread / 2;
  if (spread === 0) return [0, 0, lightness];
  const saturation = spread / (1 - Math.abs(2 * lightness - 1));
  if (high === red) return [((green - blue) / spread + 6) % 6, saturation, lightness];
  return [high === green ? (blue - red) / spread + 2 : (red - green) / spread + 4, saturation, lightness];
}

function fromHsl(hue: number, saturation: number, lightness: number): Rgb {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const k = (offset + hue * 2) % 12;
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

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
