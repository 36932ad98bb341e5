import { readFile } from 'node:fs/promises';
import { z } from 'zod';

export const smallestWindow = { width: 900, height: 600 } as const;
const usualWindow = { width: 1240, height: 860 } as const;

export type Rectangle = { x: number; y: number; width: number; height: number };

const windowPlaceSchema = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) }).optional(),
  maximized: z.boolean(),
});
/** Where the window was: its size and place when not maximised. */
export type WindowPlace = z.infer<typeof windowPlaceSchema>;

/** The remembered place. A missing or unreadable file is no problem here: the window opens at its usual size. */
export async function readWindowPlace(path: string): Promise<WindowPlace> {
  try {
    return windowPlaceSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return { maximized: false };
  }
}

/**
 * The bounds to open with: the remembered ones when a grabbable part of the title bar (at least 120 by 40 pixels) is on one
 * of today's displays, made to fit it; else the usual size wherever the system puts it.
 */
export function fitToDisplays(place: WindowPlace, workAreas: readonly Rectangle[]): Partial<Rectangle> {
  const bounds = place.bounds;
  if (bounds === undefined) return usualWindow;
  const area = workAreas.find((candidate) => {
    const left = Math.max(bounds.x, candidate.x);
    const right = Math.min(bounds.x + bounds.width, candidate.x + candidate.width);
    return right - left >= 120 && bounds.y >= candidate.y && bounds.y + 40 <= candidate.y + candidate.height;
  });
  if (area === undefined) return usualWindow;
  return {
    x: bounds.x,
    y: bounds.y,
    width: Math.max(smallestWindow.width, Math.min(bounds.width, area.width)),
    height: Math.max(smallestWindow.height, Math.min(bounds.height, area.height)),
  };
}
