export const RELEASE = 'one';
