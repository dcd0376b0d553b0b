/** Small pictures. They only go with words, so a reader of the page does not hear of them. */

const PATHS = {
  overview: 'M2 13h3V8H2zM6.5 13h3V3h-3zM11 13h3V6h-3z',
  providers: 'M2 3h12v3.5H2zM2 9.5h12V13H2zM4.5 4.75h.01M4.5 11.25h.01',
  cache:
    'M2.5 4.5C2.5 3.4 5 2.5 8 2.5s5.500.9 5.500 2-2.500 2-5.500 2-5.500-.9-5.500-2zM2.500 4.500v7c0 1.100 2.500 2 5.500 2s5.500-.9 5.500-2v-7M2.500 8c0 1.100 2.500 2 5.500 2s5.500-.9 5.500-2',
  health: 'M1.500 8.500h3L6.500 4l3 8.500 2-4h3',
  alerts: 'M8 2a4 4 0 0 0-4 4c0 4-1.500 5-1.500 5h11S12 10 12 6a4 4 0 0 0-4-4zM6.500 13.500a1.600 1.600 0 0 0 3 0',
  query: 'M5.500 4.500 2 8l3.500 3.500M10.500 4.500 14 8l-3.500 3.500',
  search: 'M7 2.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zM10.500 10.500 14 14',
  refresh: 'M13 8a5 5 0 1 1-1.500-3.500M13 2v3h-3',
  pause: 'M5.500 3.500v9M10.500 3.500v9',
  play: 'M5 3.500v9l7-4.500z',
  table: 'M2 3h12v10H2zM2 6.500h12M6.500 6.500V13',
  chart: 'M2 3v10h12M4.500 10l3-3 2 2 4-4.500',
  close: 'M4 4l8 8M12 4l-8 8',
  well: 'M8 1.500a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zM5 8.200l2.200 2.200L11.200 6',
  warning: 'M8 1.800 15 14H1zM8 6.500v3.500M8 12h.01',
  trouble: 'M5.300 1.500h5.400l3.800 3.800v5.400l-3.800 3.800H5.300l-3.800-3.800V5.300zM5.700 5.700l4.600 4.600M10.300 5.700l-4.600 4.600',
  unknown: 'M8 1.500a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zM6 6.200a2 2 0 1 1 2.700 1.900c-.5.200-.7.500-.7 1M8 11.500h.01',
  pending: 'M8 1.500a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zM8 4.500V8l2.500 1.500',
  silenced: 'M4 6c0 4-1.500 5-1.500 5h8M12 9.500C12 9 12 7 12 6a4 4 0 0 0-6.500-3.100M6.500 13.500a1.600 1.600 0 0 0 3 0M2 2l12 12',
  light: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  dark: 'M13.500 9.500A6 6 0 0 1 6.500 2.500a5.800 5.800 0 1 0 7 7z',
  system: 'M2 3h12v8H2zM5.500 13.500h5',
  keys: 'M1.500 4h13v8h-13zM4 6.500h.01M6.500 6.500h.01M9 6.500h.01M11.500 6.500h.01M5 9.500h6',
  open: 'M6 3H3v10h10v-3M9 3h4v4M13 3 7.500 8.500',
  copy: 'M5.500 5.500h8v8h-8zM3 10.500H2.500v-8h8V3',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
