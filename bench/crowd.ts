/** How many of what come at once; see attackers.ts for what they do. */
export const CROWD = { slow: 2_000, readers: 100, webSockets: 2_000, bombsASecond: 50, endless: 4 };
