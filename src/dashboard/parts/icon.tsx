import type { LucideIcon } from 'lucide-react';
import './icon.css';

/** Beside a word it says nothing of its own; alone it needs a name on what it is in. */
export const Icon = ({ of: Drawn }: { readonly of: LucideIcon }) => <Drawn className="icon" strokeWidth={1.75} aria-hidden />;
