<?php
require '/var/www/city/lib/site.php';
page((string) file_get_contents(CONTENT . '/top.html'));
