// Codes before the camera: whether this browser reads them, and what of their text is a secret. Keeps nothing.

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { rawValue: string }[]>;
}
type Detects = new (options: { formats: string[] }) => Detector;

const detects = (): Detects | undefined => (globalThis as { BarcodeDetector?: Detects }).BarcodeDetector;

/** Both are there only at a secure address, and the detector only in some browsers; everybody else pastes. */
export const canScan = (): boolean => !!detects() && typeof navigator !== 'undefined' && !!navigator.mediaDevices?.getUserMedia;

/** Of a code's text the longest run of hex digits that is as long as a token or key (32, 64 or 128); else all of it. */
export function secretIn(text: string): string {
  const runs = text.match(/(?<![0-9a-f])(?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{32})(?![0-9a-f])/gi) ?? [];
  return [...runs].sort((one, two) => two.length - one.length)[0] ?? text.trim();
}

/** Looks this often: a code held still is read at once, and the phone stays cool. */
const EVERY_MS = 250;

/** Shows the camera in `video` and calls `read` once with a code's text; the returned function ends it. Rejects where the
 *  camera is not given. */
export async function watch(video: HTMLVideoElement, read: (text: string) => void): Promise<() => void> {
  const Detector = detects();
  if (!Detector) throw new Error('this browser reads no codes');
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const detector = new Detector({ formats: ['qr_code'] });
  let over = false;
  let timer = 0;
  const stop = (): void => {
    over = true;
    clearTimeout(timer);
    for (const track of stream.getTracks()) track.stop();
  };
  const look = async (): Promise<void> => {
    try {
      const text = (await detector.detect(video))[0]?.rawValue;
      if (over) return;
      if (text) {
        stop();
        read(text);
        return;
      }
    } catch {
      // no picture yet: the next look is soon
    }
    if (!over) timer = window.setTimeout(() => void look(), EVERY_MS);
  };
  video.srcObject = stream;
  await video.play().catch(() => undefined);
  void look();
  return stop;
}
