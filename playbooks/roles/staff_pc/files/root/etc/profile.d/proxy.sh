export http_proxy=http://10.10.10.30:3128
export no_proxy=localhost,127.0.0.1,.city.aozora.example,10.10.0.0/16
