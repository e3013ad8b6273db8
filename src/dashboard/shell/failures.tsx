import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { Button, Refusal } from '../parts/index.ts';

/** A page that cannot be shown: the API's words, and the way on. */
export const PageFailed = ({ error, reset }: ErrorComponentProps) => {
  const router = useRouter();
  // What it was loaded with failed too, and is asked for again.
  const again = (): void => {
    reset();
    void router.invalidate();
  };
  return <Refusal what="This page cannot be shown." error={error} action={<Button onClick={again}>Try again</Button>} />;
};

export const NotFound = () => (
  <main className="page">
    <h1 className="title">Nothing is at this address</h1>
    <p className="second">
      It may have been deleted.{' '}
      <Link to="/" className="link">
        To the Workers
      </Link>
    </p>
  </main>
);
