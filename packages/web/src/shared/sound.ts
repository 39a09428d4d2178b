/** Two notes, hertz, one after the other. */
const NOTES = [660, 880];
/** How long a note sounds, seconds, and how loud it begins. */
const LENGTH = 0.16;
const LOUDNESS = 0.08;

let context: AudioContext | undefined;

/** A quiet sound. Where the browser allows none yet, nothing. */
export function chime(): void {
  try {
    context ??= new AudioContext();
    void context.resume();
    for (const [index, frequency] of NOTES.entries()) {
      const from = context.currentTime + index * LENGTH * 0.7;
      const note = context.createOscillator();
      const volume = context.createGain();
      note.frequency.value = frequency;
      volume.gain.setValueAtTime(LOUDNESS, from);
      volume.gain.exponentialRampToValueAtTime(0.0001, from + LENGTH);
      note.connect(volume).connect(context.destination);
      note.start(from);
      note.stop(from + LENGTH);
    }
  } catch {
    // A browser without sound.
  }
}
