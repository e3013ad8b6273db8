export const AuditLog = () => <h1 className="title">Audit log</h1>;
