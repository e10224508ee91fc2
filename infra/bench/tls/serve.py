"""A service with TLS as AWS has it, that answers every request like KMS when it makes a data key. For comparison only.

Its certificates are a chain of three with RSA of 2048 bits, as those of AWS endpoints mostly are; the root is written to the file named
by the first argument, the port to standard output.
"""

import datetime
import http.server
import ipaddress
import json
import ssl
import sys
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ANSWER = json.dumps({"CiphertextBlob": "AAECAwQFBgc=", "KeyId": "bench"}).encode()
NOW = datetime.datetime.now(datetime.timezone.utc)


def certificate(name, issuer, authority):
    """A certificate and its key, signed by the issuer or by itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    signed_by, signing_key = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signed_by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(hours=1))
        .not_valid_after(NOW + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signing_key, hashes.SHA256()), key


def pem(of):
    return of.public_bytes(serialization.Encoding.PEM)


class Service(http.server.BaseHTTPRequestHandler):
    """Keeps the connection open, as AWS does."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True  # nothing waits for an acknowledgement, as with AWS

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("content-type", "application/x-amz-json-1.1")
        self.send_header("content-length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_):
        pass


root = certificate("bench root", None, True)
between = certificate("bench intermediate", root, True)
own = certificate("bench", between, False)
with open(sys.argv[1], "wb") as file:
    file.write(pem(root[0]))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
with tempfile.NamedTemporaryFile() as file:
    kept = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write(own[1].private_bytes(serialization.Encoding.PEM, *kept) + pem(own[0]) + pem(between[0]))
    file.flush()
    context.load_cert_chain(file.name)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_address[1], flush=True)
server.serve_forever()
