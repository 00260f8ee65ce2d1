// A QR code's modules as one path. Pure.

/** An SVG path of all dark modules, one unit each; runs in a row are one rectangle. `quiet` units of margin around. */
export function modulesPath(rows: readonly string[], quiet = 4): string {
  const parts: string[] = [];
  rows.forEach((row, y) => {
    for (const run of row.matchAll(/1+/g)) parts.push(`M${run.index + quiet} ${y + quiet}h${run[0].length}v1h-${run[0].length}z`);
  });
  return parts.join('');
}
