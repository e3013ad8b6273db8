export const Logpush = () => <h1 className="title">Logpush</h1>;
