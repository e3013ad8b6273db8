import { Check, Copy } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { copyText } from './copy.ts';
import './empty.css';

/** What it is, why it is empty, and the one command to run next. */
export const Empty = ({
  title,
  children,
  command,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly command?: string;
}) => (
  <div className="empty">
    <h3 className="heading">{title}</h3>
    <p>{children}</p>
    {command !== undefined && <Command text={command} />}
  </div>
);

export const Command = ({ text }: { readonly text: string }) => (
  <div className="command">
    <code>{text}</code>
    <CopyButton text={text} name="Copy the command" />
  </div>
);

const SHOWN_MS = 2_000;

interface CopyButtonProps {
  readonly text: string;
  readonly name: string;
  readonly onCopied?: () => void;
}

export const CopyButton = ({ text, name, onCopied }: CopyButtonProps) => {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    const isDone = await copyText(text);
    onCopied?.();
    setIsCopied(isDone);
    window.setTimeout(() => setIsCopied(false), SHOWN_MS);
  };
  return <Button kind="quiet" isSmall icon={isCopied ? Check : Copy} name={isCopied ? 'Copied' : name} onClick={() => void copy()} />;
};
